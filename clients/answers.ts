import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

const TIME_LIMIT_MILLISECONDS = 5_000;
/** What a server that is there answers to a stranger; 503 is one that still starts. */
const THERE = [200, 401];

/** True if a server answers under this URL. Who it is does not matter here, so its certificate is not checked. */
export async function answers(url: string): Promise<boolean> {
  const request = url.startsWith("https:") ? overHttps : overHttp;
  return await new Promise((resolve) => {
    const options = { timeout: TIME_LIMIT_MILLISECONDS, agent: false, rejectUnauthorized: false };
    const call = request(url, options, (response) => {
      response.resume();
      resolve(THERE.includes(response.statusCode ?? 0));
    });
    call.once("timeout", () => call.destroy());
    call.once("close", () => resolve(false));
    call.once("error", () => resolve(false));
    call.end();
  });
}
