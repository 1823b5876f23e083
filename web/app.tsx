import { useCallback, useEffect, useState } from "preact/hooks";
import { getJson, problemOf, RequestError } from "./backend";
import { Chat } from "./chat/chat";
import { useConversation } from "./chat/use-conversation";
import { ProblemBox } from "./problem";
import { type About, aboutSchema, type Problem } from "./protocol";
import { TokenForm } from "./token-form";

/** The whole page. */
export function App() {
  const { about, problem, needsToken, look } = useAbout();
  const conversation = useConversation();
  if (needsToken) return <TokenForm onToken={look} />;
  const told = problem ?? about?.problem;
  return (
    <>
      <header>
        <h1>ollama-chat</h1>
        {about?.way && (
          <p class="way">
            <b>{about.way.title}</b>
            <span>
              {about.source} · {about.way.streams ? "word by word" : "each answer comes whole"}
            </span>
          </p>
        )}
      </header>
      <main>
        {told && <ProblemBox problem={told} onRetry={look} />}
        {about?.way?.because && <p class="notice">{about.way.because}.</p>}
        <Chat conversation={conversation} about={about} />
      </main>
    </>
  );
}

interface Looked {
  readonly about: About | undefined;
  readonly problem: Problem | undefined;
  readonly needsToken: boolean;
  /** Asks the server again. */
  readonly look: () => void;
}

/** What the page talks to. */
function useAbout(): Looked {
  const [about, setAbout] = useState<About>();
  const [error, setError] = useState<unknown>();
  const look = useCallback(() => {
    getJson("/api/about", aboutSchema).then(
      (told) => {
        setAbout(told);
        setError(undefined);
      },
      (failure: unknown) => setError(failure),
    );
  }, []);
  useEffect(look, []);
  const needsToken = error instanceof RequestError && error.status === 401;
  return { about, problem: error === undefined ? undefined : problemOf(error), needsToken, look };
}
