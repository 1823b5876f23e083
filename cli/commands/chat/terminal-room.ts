import type { Answerer } from "../../answering/answer";
import type { Output } from "../../output";
import { ChatRoom, type ChatRoomOptions } from "./chat-room";

/** A conversation that is shown on a terminal, or goes line by line. */
export class TerminalRoom extends ChatRoom {
  constructor(
    answerer: Answerer,
    readonly output: Output,
    options: Omit<ChatRoomOptions, "onLeftOut">,
  ) {
    const onLeftOut = (context: string) => {
      const text = `The oldest turns do not fit into ${context} any more and are not sent; /reset starts anew.`;
      output.note(output.noteStyle("dim", text));
    };
    super(answerer, { ...options, onLeftOut });
  }
}
