/** The token of a sign-in link, or of the link's text that somebody pasted; null where there is none. */
export function parseToken(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const query = /[?&]token=([^&#\s]+)/.exec(trimmed)?.[1];
  if (query !== undefined) return decodeURIComponent(query);
  return /^[A-Za-z0-9_-]+$/.test(trimmed) ? trimmed : null;
}

/** Takes the token out of the page's address, so that it stays in no history and no shared link. */
export function takeToken(location: Location, history: History): string | null {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token === null || token === '') return null;
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
  return token;
}
