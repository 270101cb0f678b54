import type { Baton } from '@baton/client';

/** A link that opens the console and signs one browser in, once, within the hour. */
export async function signInLink({ api }: Pick<Baton, 'api'>, url: string): Promise<string> {
  const { token } = await api.session.createLink.mutate();
  return new URL(`/?token=${token}`, url).href;
}
