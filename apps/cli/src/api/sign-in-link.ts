import type { Baton } from '@baton/client';

/** A link that signs one browser in to the console, once, within an hour. */
export async function signInLink({ api }: Pick<Baton, 'api'>, url: string): Promise<string> {
  const { token } = await api.session.createLink.mutate();
  return new URL(`/?token=${token}`, url).href;
}
