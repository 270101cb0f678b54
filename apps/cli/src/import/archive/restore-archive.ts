import { batonError, isRefused } from '@baton/client';
import type { KnownEntry } from '@baton/schema';
import { allItems } from '../../api/pagination.ts';
import type { Api } from '../../api/api-command.ts';
import { errorMessage, isFatal } from '../../output/errors.ts';
import type { ImportFault } from '../import-fault.ts';
import type { ArchiveStep, Piece } from './archive-steps.ts';
import type { NewIds } from './new-ids.ts';

export type RestoreResult = {
  /** The conversations that are in now, and those of them that were new or have grown. */
  conversations: number;
  changed: number;
  entries: number;
  faults: ImportFault[];
};

type RestoreOptions = {
  file: string;
  version: number;
  /** Gives every id another one; null to keep them. */
  newIds: NewIds | null;
  onConversation: () => void;
};

/** Sends the calls that bring an archive in, and keeps account of them. */
export class ArchiveRestore {
  readonly result: RestoreResult = { conversations: 0, changed: 0, entries: 0, faults: [] };
  readonly #api: Api;
  readonly #options: RestoreOptions;
  /** The piece that was begun last: of one timeline each waits for the one before. */
  #lastPiece: Promise<PieceState> = Promise.resolve({ added: 0, isOver: false });

  constructor(api: Api, options: RestoreOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** @throws what every other call would fail with too */
  async send(step: ArchiveStep): Promise<void> {
    if (step.type === 'piece') await this.#sendAfterOthers(step);
    else if (step.type === 'agents') await this.#sendAgents(step);
    else if (step.type === 'contacts') await this.#sendContacts(step);
    else await this.#sendTenant(step);
  }

  async #sendAgents({ agents, line }: Extract<ArchiveStep, { type: 'agents' }>): Promise<void> {
    const { kept } = await this.#api.agents.restore.mutate({ agents });
    for (const id of kept) this.#addFault(line, `Agent ${id} was changed here later, and stays as it is`);
  }

  async #sendContacts({ contacts, line }: Extract<ArchiveStep, { type: 'contacts' }>): Promise<void> {
    const { kept } = await this.#api.contacts.restore.mutate({ contacts });
    for (const id of kept)
      this.#addFault(line, `Contact ${JSON.stringify(id)} has other details here, and keeps them`);
  }

  /** Settings that the store has already stay. */
  async #sendTenant({ value, line }: Extract<ArchiveStep, { type: 'tenant' }>): Promise<void> {
    const { businessHours, reopenWithinMs } = await this.#api.tenant.get.query();
    const missing = {
      ...(value.businessHours !== null && businessHours === null && { businessHours: value.businessHours }),
      ...(reopenWithinMs === null && { reopenWithinMs: value.reopenWithinMs }),
    };
    if (missing.businessHours === undefined && missing.reopenWithinMs === undefined) return;
    try {
      await this.#api.tenant.update.mutate(missing);
    } catch (error) {
      if (!isRefused(error, 'FORBIDDEN')) throw error;
      this.#addFault(line, `The tenant's settings did not come in: ${errorMessage(error)}`);
    }
  }

  #sendAfterOthers(piece: Piece): Promise<PieceState> {
    const before: Promise<PieceState> = piece.isFirst
      ? Promise.resolve({ added: 0, isOver: false })
      : this.#lastPiece;
    const state = before.then((earlier) => this.#sendPiece(piece, earlier));
    this.#lastPiece = state;
    return state;
  }

  /** What came of the pieces so far; after one that is refused the others of its timeline are not sent. */
  async #sendPiece(given: Piece, { added: earlier, isOver }: PieceState): Promise<PieceState> {
    const { more, line } = given;
    let state: PieceState = { added: earlier, isOver };
    if (!isOver) {
      try {
        state = await this.#restore(this.#withIds(given), earlier);
      } catch (error) {
        if (isFatal(error)) throw error;
        this.#addFault(line, `Conversation ${given.conversationId}: ${refusalMessage(error)}`);
        state = { added: earlier, isOver: true };
      }
    }
    if (!more) this.#options.onConversation();
    return state;
  }

  async #restore({ conversationId, entries, more, isFirst }: Piece, earlier: number): Promise<PieceState> {
    const [created] = entries;
    const isAlreadyHere =
      isFirst &&
      this.#options.version === 1 &&
      created !== undefined &&
      (await this.#isHereWithOtherIds(created));
    if (isAlreadyHere) {
      this.result.conversations += 1;
      return { added: earlier, isOver: true };
    }
    const { added } = await this.#api.conversations.restore.mutate({ conversationId, entries, more });
    this.result.entries += added;
    if (!more) {
      this.result.conversations += 1;
      if (earlier + added > 0) this.result.changed += 1;
    }
    return { added: earlier + added, isOver: false };
  }

  #withIds(piece: Piece): Piece {
    const { newIds } = this.#options;
    if (newIds === null) return piece;
    return {
      ...piece,
      conversationId: newIds.conversation(piece.conversationId),
      entries: piece.entries.map((entry) => newIds.entry(entry)),
    };
  }

  /** Archives of version 1 were imported by the version before under new ids. */
  async #isHereWithOtherIds(created: KnownEntry): Promise<boolean> {
    if (created.kind !== 'created') return false;
    const { contactId, channel, at, conversationId } = created;
    const history = allItems((page) => this.#api.conversations.history.query({ contactId, ...page }));
    for await (const known of history) {
      if (known.channel === channel && known.createdAt === at) return known.id !== conversationId;
    }
    return false;
  }

  #addFault(line: number, problem: string): void {
    this.result.faults.push({ place: `${this.#options.file}:${line}`, problem });
  }
}

type PieceState = { added: number; isOver: boolean };

function refusalMessage(error: unknown): string {
  const answer = batonError(error);
  const details: { conversationId?: string; seq?: number } = Object(answer?.details);
  switch (answer?.code) {
    case 'ALREADY_ACTIVE':
      return `its contact has an active conversation here, ${details.conversationId}. Close or pause that one and import again`;
    case 'ENTRIES_DIFFER':
      return `it is here already, and has another entry ${details.seq}; it stays as it is`;
    case 'ID_TAKEN':
      return 'one of its ids is taken in this store, as where it was copied from another tenant of it; --new-ids brings it in under new ids';
    default:
      return errorMessage(error);
  }
}
