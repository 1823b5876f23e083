import type { Turn } from "../chat/turns";

const SHOWN = 20;
const HEIGHT = 64;
const STEP = 22;

interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
}

/** How fast the last answers of this tab were. */
export function Speeds({ turns }: { turns: readonly Turn[] }) {
  const measured = turns.flatMap(({ id, question, measures }) =>
    measures === null ? [] : [{ id, question, measures }],
  );
  const last = measured.slice(-SHOWN);
  const seconds = last.map(({ measures }) => measures.seconds);
  const speeds = last.map(({ measures }) => measures.tokensPerSecond);
  return (
    <section aria-labelledby="speeds-title">
      <h3 id="speeds-title">Speed of the last answers</h3>
      {last.length === 0 ? (
        <p>No answer yet in this tab.</p>
      ) : (
        <div class="plots">
          <Bars plot={{ title: "Tokens per second", unit: "tokens/s", values: speeds }} />
          <Bars plot={{ title: "Seconds to the whole answer", unit: "s", values: seconds }} />
        </div>
      )}
    </section>
  );
}

function Bars({ plot: { title, unit, values } }: { plot: Plot }) {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, Number.MIN_VALUE);
  const told = known.map((value) => value.toFixed(1)).join(", ");
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg class="bars" width={values.length * STEP} height={HEIGHT + 16} role="img">
        <title>{`${title}, oldest first: ${told === "" ? "not reported" : told}`}</title>
        {values.map((value, at) => {
          const height = value === null ? 0 : Math.max(2, (value / most) * HEIGHT);
          return <rect key={at} x={at * STEP} y={HEIGHT + 14 - height} width={STEP - 6} height={height} rx="2" />;
        })}
        <text y="10">
          {known.length === 0 ? "not reported" : `most ${most.toFixed(1)} ${unit}, last ${known.at(-1)?.toFixed(1)}`}
        </text>
      </svg>
    </figure>
  );
}
