export { DockerEngine } from "../../../clients/docker/engine";
