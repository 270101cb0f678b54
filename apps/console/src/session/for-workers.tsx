import type { ReactNode } from 'react';
import { useMay } from './session-context.ts';

/** What changes conversations, for those whose role does; a viewer is not offered it. */
export function ForWorkers({ children }: { children: ReactNode }) {
  return useMay('messages.append') && children;
}
