const KEY = "ollama-chat.token";

/**
 * The token that the server asks for, if it can be reached from other machines. It comes behind the # of the address, is
 * removed from there so that it does not stay in the history, and is kept for this tab.
 */
export function takeToken(): string | undefined {
  const [, given] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (given !== undefined) {
    keepToken(given);
    history.replaceState(undefined, "", location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}
