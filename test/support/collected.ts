import { Writable } from "node:stream";

/** A stream that collects what is written to it. */
export class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
