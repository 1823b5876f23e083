/** RFC 7617: a colon ends the user in the header of basic authentication, so that what follows it is a password. */
export const usernameRule = "must be the user alone, without a colon; the password is given apart";

export function isUsername(text: string): boolean {
  return !text.includes(":");
}
