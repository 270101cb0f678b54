import { DatabaseSync } from 'node:sqlite';
import type { AgentInputItem, Session } from '@openai/agents-core';

/**
 * Sessions of OpenAI Agents in a file, with the tables, the index and the statements of the Python SDK's
 * `SQLiteSession`: the JavaScript SDK has none.
 */
export class SqliteSessions implements Disposable {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE agent_sessions (
        session_id TEXT PRIMARY KEY,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );
      CREATE TABLE agent_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL,
        message_data TEXT NOT NULL,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        FOREIGN KEY (session_id) REFERENCES agent_sessions (session_id) ON DELETE CASCADE
      );
      CREATE INDEX idx_agent_messages_session_id ON agent_messages (session_id, id);
    `);
  }

  open(sessionId: string): Session {
    const db = this.#db;
    const create = db.prepare('INSERT OR IGNORE INTO agent_sessions (session_id) VALUES (?)');
    const insert = db.prepare('INSERT INTO agent_messages (session_id, message_data) VALUES (?, ?)');
    const touch = db.prepare('UPDATE agent_sessions SET updated_at = CURRENT_TIMESTAMP WHERE session_id = ?');
    const select = db.prepare(
      'SELECT message_data FROM agent_messages WHERE session_id = ? ORDER BY id DESC LIMIT ?',
    );
    const pop = db.prepare(`
      DELETE FROM agent_messages WHERE id = (SELECT MAX(id) FROM agent_messages WHERE session_id = ?)
      RETURNING message_data
    `);
    const clear = db.prepare('DELETE FROM agent_messages WHERE session_id = ?');
    // What `addItems` has written.
    const itemOf = (row: Record<string, unknown>) =>
      JSON.parse(String(row['message_data'])) as AgentInputItem;
    return {
      getSessionId: async () => sessionId,
      /** SQLite reads a negative limit as none. */
      getItems: async (limit = -1) => select.all(sessionId, limit).toReversed().map(itemOf),
      async addItems(items) {
        db.exec('BEGIN IMMEDIATE');
        try {
          create.run(sessionId);
          for (const item of items) insert.run(sessionId, JSON.stringify(item));
          touch.run(sessionId);
          db.exec('COMMIT');
        } catch (error) {
          db.exec('ROLLBACK');
          throw error;
        }
      },
      async popItem() {
        const row = pop.get(sessionId);
        return row && itemOf(row);
      },
      async clearSession() {
        clear.run(sessionId);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
