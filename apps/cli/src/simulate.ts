import type { Baton } from '@baton/client';
export type SimulateOptions = { conversations: number; seed: number; now: Date; onProgress?: (done: number) => void };
export async function simulate(_baton: Pick<Baton, 'api'>, _options: SimulateOptions): Promise<void> {}
