import { EventEmitter } from 'node:events';
import { type CommandStartedEvent, type Document, MongoClient } from 'mongodb';

/** The same connection, whose commands can be watched. */
export function watchable(mongodbUri: string): string {
  return `${mongodbUri}${mongodbUri.includes('?') ? '&' : '?'}monitorCommands=true`;
}

/**
 * Tells of each command that this process sends to MongoDB over connections that are `watchable`, whoever made their
 * clients, until it is disposed of.
 */
export function watchCommands(onCommand: (name: string, command: Document) => void): Disposable {
  // The prototype inherits it, and clients are made where no test has a hand in it.
  Object.defineProperty(MongoClient.prototype, 'emit', {
    configurable: true,
    value(this: MongoClient, name: string, ...args: unknown[]) {
      if (name === 'commandStarted') {
        // What the driver says this event has.
        const { commandName, command } = args[0] as CommandStartedEvent;
        onCommand(commandName, command);
      }
      return EventEmitter.prototype.emit.call(this, name, ...args);
    },
  });
  return { [Symbol.dispose]: () => void Reflect.deleteProperty(MongoClient.prototype, 'emit') };
}
