import type { Turn } from "../chat/turns";
import { Checks } from "./checks";
import { Picture } from "./picture";
import { Speeds } from "./speeds";

/** Whether everything is well: doctor's checks, the stack's resources, and how fast answers came. */
export function StatePage({ turns }: { turns: readonly Turn[] }) {
  return (
    <section class="side" aria-labelledby="state-title">
      <h2 id="state-title">State</h2>
      <Checks />
      <Speeds turns={turns} />
      <Picture />
    </section>
  );
}
