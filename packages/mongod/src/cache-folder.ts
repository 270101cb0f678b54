import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where Baton keeps what it fetched: `BATON_CACHE`, else `baton` in the user's XDG cache folder. */
export function cacheFolder(): string {
  const { BATON_CACHE, XDG_CACHE_HOME } = process.env;
  if (BATON_CACHE) return resolve(BATON_CACHE);
  // The XDG specification has relative paths ignored.
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'baton');
}
