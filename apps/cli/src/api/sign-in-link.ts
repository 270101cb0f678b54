import type { Baton } from '@baton/client';
import type { SignInLinkOptions } from '@baton/schema';

/** A link that signs one browser in to the console, once, within an hour. */
export async function signInLink(
  { api }: Pick<Baton, 'api'>,
  url: string,
  whom?: SignInLinkOptions,
): Promise<string> {
  const { token } = await api.session.createLink.mutate(whom);
  return new URL(`/?token=${token}`, url).href;
}
