/**
 * One line for the person who watches an update. The engine shows what a provider process prints as information on
 * the stack, so a line names the thing it is about itself.
 */
export function report(line: string): void {
  console.log(line);
}
