import { type ComponentType, type FunctionComponent, type ReactNode, useEffect, useState } from 'react';

export type LazyOptions<Props> = {
  /** Shown until the code is there. */
  loading?: (props: Props) => ReactNode;
  /** Shown where the code could not be loaded; `retry` loads it again. */
  failed: (retry: () => void, props: Props) => ReactNode;
};

export type LazyComponent<Props> = FunctionComponent<Props> & { preload: () => Promise<void> };

type State = 'loading' | 'loaded' | 'failed';

/** A component whose code is loaded when it is first shown. Unlike React's `lazy` it can be loaded again after a failure. */
export function lazyComponent<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  { loading, failed }: LazyOptions<Props>,
): LazyComponent<Props> {
  let Loaded: ComponentType<Props> | null = null;
  let running: Promise<void> | null = null;

  async function loadOnce(): Promise<void> {
    if (Loaded === null) Loaded = (await load()).default;
  }
  function ensureLoaded(): Promise<void> {
    running ??= loadOnce().finally(() => (running = null));
    return running;
  }

  function Lazy(props: Props) {
    const [state, setState] = useState<State>(Loaded === null ? 'loading' : 'loaded');
    useEffect(() => {
      if (state !== 'loading') return undefined;
      let isShown = true;
      const settle = (next: State) => () => isShown && setState(next);
      ensureLoaded().then(settle('loaded'), settle('failed'));
      return () => {
        isShown = false;
      };
    }, [state]);
    if (Loaded !== null) return <Loaded {...props} />;
    return state === 'failed' ? failed(() => setState('loading'), props) : (loading?.(props) ?? null);
  }
  // A failed preload is made up for when the component is shown.
  return Object.assign(Lazy, { preload: () => ensureLoaded().catch(() => undefined) });
}
