export type { AppRouter } from '@baton/router/api';
export { type Baton, type BatonOptions, createApi, createBaton } from './client.ts';
export { batonError, isRefused } from './error.ts';
export { ConversationReplica, type ReplicaState, type ReplicaStatus, type WatchOptions } from './watch.ts';
export { messagesOf } from './messages-of.ts';
export { AgentSession, type AgentSessionOptions, OwnershipLost, type Said } from './agent-session.ts';
export { type DownloadedFile, Files, type UploadFile } from './files.ts';
export {
  createFollowUpWorker,
  type FollowUpWork,
  type FollowUpWorker,
  type FollowUpWorkerOptions,
  RetryAt,
} from './follow-up-worker.ts';
export { ReportLost } from './report-lost.ts';
