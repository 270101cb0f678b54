/**
 * The names of OpenTelemetry's semantic conventions that Baton uses; those of databases are stable, the others may change.
 * https://opentelemetry.io/docs/specs/semconv/
 */
export const SERVICE = { name: 'service.name', version: 'service.version', instance: 'service.instance.id' };

/** Of a call. */
export const RPC = { system: 'rpc.system', service: 'rpc.service', method: 'rpc.method' };

export const ERROR_TYPE = 'error.type';

/** Of a command to MongoDB. https://opentelemetry.io/docs/specs/semconv/database/mongodb/ */
export const DATABASE = {
  system: 'db.system.name',
  namespace: 'db.namespace',
  collection: 'db.collection.name',
  operation: 'db.operation.name',
  status: 'db.response.status_code',
  host: 'server.address',
  port: 'server.port',
};

/** Of the conversation that a call is about. https://opentelemetry.io/docs/specs/semconv/gen-ai/ */
export const GEN_AI = { conversation: 'gen_ai.conversation.id', agent: 'gen_ai.agent.id' };

/** Baton's own. */
export const BATON = { code: 'baton.code', requestId: 'baton.request_id' };
