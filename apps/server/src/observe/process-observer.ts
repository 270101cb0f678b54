import type { StoreObserver } from '@baton/repository';
import type { EndedCall } from '@baton/router';

/** A run of work in the background. */
export interface EndedWork {
  work: string;
  isDone: boolean;
  tookMs: number;
}

/** Told of what a process does; each is called on its path, so it must be quick and not throw. */
export interface ProcessObserver {
  store?: StoreObserver;
  onCall?: (call: EndedCall) => void;
  /** An HTTP answer was written to its end, of a call or of anything else. */
  onAnswer?: (status: number) => void;
  onWork?: (run: EndedWork) => void;
  /** Handoffs or claims ran out and were settled by this process. */
  onExpired?: (kind: 'handoffs' | 'claims', count: number) => void;
}
