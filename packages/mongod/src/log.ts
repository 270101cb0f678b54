/** Receives one line a step, without a line end; for people, so its wording may change. */
export type Log = (line: string) => void;

export const silent: Log = () => {};
