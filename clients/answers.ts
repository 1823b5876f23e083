import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

const TIME_LIMIT_MILLISECONDS = 5_000;
/** Statuses of a running server towards an anonymous client. 503 means that it is still starting. */
const UP_STATUSES = [200, 401];

/** True if a server answers at this URL. It does not matter which one, so the certificate is not verified. */
export async function answers(url: string): Promise<boolean> {
  const request = url.startsWith("https:") ? overHttps : overHttp;
  return await new Promise((resolve) => {
    const options = { timeout: TIME_LIMIT_MILLISECONDS, agent: false, rejectUnauthorized: false };
    const call = request(url, options, (response) => {
      response.resume();
      resolve(UP_STATUSES.includes(response.statusCode ?? 0));
    });
    call.once("timeout", () => call.destroy());
    call.once("close", () => resolve(false));
    call.once("error", () => resolve(false));
    call.end();
  });
}
