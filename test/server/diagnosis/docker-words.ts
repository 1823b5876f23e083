/** How Docker's refusals of a port end, in each of its releases; `test/engine/doctor-docker.test.ts` has them said. */
export const DOCKER_WORDS = {
  program: "address already in use",
  container: "port is already allocated",
} as const;
