import { useState } from "preact/hooks";
import { keepToken } from "./token";

/** Shown where the server asks for a token and the address holds none, or a wrong one. */
export function TokenForm({ onToken }: { onToken: () => void }) {
  const [token, setToken] = useState("");
  return (
    <main class="token">
      <h1>ollama-chat</h1>
      <p>
        This page asks for its token. It stands in the address that <code>ollama-chat web</code> printed, behind{" "}
        <code>#token=</code>.
      </p>
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          keepToken(token.trim());
          onToken();
        }}
      >
        <label class="unseen" for="token">
          Token
        </label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          placeholder="Token"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" class="main" disabled={token.trim() === ""}>
          Open
        </button>
      </form>
    </main>
  );
}
