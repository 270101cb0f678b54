/** Longest that mongod may work on one read of a list or an item, in milliseconds. */
export const READ_MS = 10_000;

/** Longest that mongod may work on one text search, in milliseconds. */
export const SEARCH_MS = 5_000;

/** Longest that mongod may work on one aggregate of the metrics, in milliseconds. */
export const METRICS_MS = 20_000;

/** Longest that mongod may work on one of the few writes outside conversations, in milliseconds. */
export const WRITE_MS = 10_000;
