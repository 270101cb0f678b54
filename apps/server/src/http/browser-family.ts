import Bowser from 'bowser';

/** Bowser looks for words in the whole header; a browser's own is shorter. */
const LOOKED_AT = 500;

/** The family of a browser and its system by its `User-Agent`, such as "Firefox on Linux"; null where it does not say. */
export function browserFamily(userAgent: string | undefined): string | null {
  if (userAgent === undefined) return null;
  const { browser, os } = Bowser.parse(userAgent.slice(0, LOOKED_AT) || ' ');
  const names = [browser.name, os.name].filter((name) => name !== undefined && name !== '');
  return names.length === 0 ? null : names.join(' on ').slice(0, 100);
}
