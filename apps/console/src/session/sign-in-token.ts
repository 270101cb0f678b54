/** Accepts a sign-in link or its bare token; null where there is neither. */
export function parseToken(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const query = /[?&]token=([^&#\s]+)/.exec(trimmed)?.[1];
  if (query !== undefined) return decodeURIComponent(query);
  return /^[A-Za-z0-9_-]+$/.test(trimmed) ? trimmed : null;
}

/** Removes the token from the address, so that it stays in no history. */
export function takeToken(location: Location, history: History): string | null {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token === null || token === '') return null;
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
  return token;
}
