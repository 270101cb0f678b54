/*
 * Time limits in milliseconds. Those of reads and writes are handed to mongod (`maxTimeMS`), which stops working then.
 */

/** One read of a list or a document. */
export const READ_TIMEOUT_MS = 10_000;

/** One text search. */
export const SEARCH_TIMEOUT_MS = 5_000;

/** Ranking all messages that match a search; where it takes longer, some of them are ranked. */
export const RANKING_TIMEOUT_MS = 3_000;

/** Reading some of the messages that match a search. */
export const SAMPLE_TIMEOUT_MS = 2_000;

/** One aggregate of the metrics. */
export const METRICS_TIMEOUT_MS = 20_000;

/** One write outside conversations. */
export const WRITE_TIMEOUT_MS = 10_000;

/** One operation inside the transaction that commits commands. */
export const TRANSACTION_TIMEOUT_MS = 10_000;

/** One command, from its submission to its answer. */
export const COMMAND_TIMEOUT_MS = 10_000;

/** Opening the change stream of the live feed. */
export const FEED_OPEN_TIMEOUT_MS = 10_000;

/** Finding a server, connecting to it, and waiting for a free connection: each. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** How often a server says that it lives. One that hangs is given up this long after it had to connect. */
export const HEARTBEAT_MS = 1_000;

/** One operation on a socket, unless the connection says otherwise. */
export const SOCKET_TIMEOUT_MS = 30_000;
