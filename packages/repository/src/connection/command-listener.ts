import type { MongoClient } from 'mongodb';

type Place = { requestId: number; address: string };

/** Told of each command to MongoDB: where it goes and what it is called, never what it says. */
export interface CommandListener {
  onStarted(command: Place & { commandName: string; database: string; collection: string | null }): void;
  onSucceeded(command: Place): void;
  /** `code` is null where mongod gave none. */
  onFailed(command: Place & { errorName: string; code: number | null }): void;
}

/** Passes the events of a client on that was made with `monitorCommands`. */
export function listenToCommands(client: MongoClient, listener: CommandListener): void {
  client
    .on('commandStarted', ({ requestId, address, commandName, databaseName, command }) => {
      const target: unknown = command[commandName === 'getMore' ? 'collection' : commandName];
      const collection = typeof target === 'string' ? target : null;
      listener.onStarted({ requestId, address, commandName, database: databaseName, collection });
    })
    .on('commandSucceeded', ({ requestId, address }) => listener.onSucceeded({ requestId, address }))
    .on('commandFailed', ({ requestId, address, failure }) => {
      const code = 'code' in failure && typeof failure.code === 'number' ? failure.code : null;
      listener.onFailed({ requestId, address, errorName: failure.name, code });
    });
}
