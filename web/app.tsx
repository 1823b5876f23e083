import { useCallback, useEffect, useState } from "preact/hooks";
import { getJson, problemOf, RequestError } from "./backend";
import { Chat } from "./chat/chat";
import { useConversation } from "./chat/use-conversation";
import { DocumentsPage } from "./documents/documents";
import { ProblemBox } from "./problem";
import { type About, aboutSchema, type Problem } from "./protocol";
import { StatePage } from "./state/state";
import { TokenForm } from "./token-form";

/** The whole page. */
export function App() {
  const { about, problem, needsToken, look } = useAbout();
  const conversation = useConversation();
  const place = usePlace();
  if (needsToken) return <TokenForm onToken={look} />;
  const told = problem ?? about?.problem;
  const places = PLACES.filter(({ hash }) => hash !== "#documents" || about?.documents);
  return (
    <>
      <header>
        <h1>ollama-chat</h1>
        <nav aria-label="Pages">
          {places.map(({ hash, title }) => (
            <a key={hash} href={hash} aria-current={hash === place ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
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
        {place === "#documents" && <DocumentsPage />}
        {place === "#state" && <StatePage turns={conversation.turns} />}
        <Chat conversation={conversation} about={about} hidden={place !== "#chat"} />
      </main>
    </>
  );
}

const PLACES = [
  { hash: "#chat", title: "Chat" },
  { hash: "#documents", title: "Documents" },
  { hash: "#state", title: "State" },
] as const;

/** Which part is shown, by the address. An answer goes on while another part is shown. */
function usePlace(): (typeof PLACES)[number]["hash"] {
  const present = () => PLACES.find(({ hash }) => hash === location.hash)?.hash ?? "#chat";
  const [place, setPlace] = useState(present);
  useEffect(() => {
    const change = () => setPlace(present());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return place;
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
