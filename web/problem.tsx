import type { Problem } from "./protocol";

/** What failed, why, and what to do; with a way to try again. */
export function ProblemBox({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p class="what">{problem.what}</p>
      <p>
        <b>Cause:</b> {problem.cause}
      </p>
      <p>
        <b>What to do:</b> {problem.fix}
      </p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
