import {
  createTenant,
  deleteTenant,
  listTenants,
  openCollections,
  resumeTenant,
  suspendTenant,
  type TenantStatus,
} from '@baton/repository';
import { TenantId } from '@baton/schema';
import { type Command, InvalidArgumentError } from 'commander';
import { connectToMongodb } from '../local/mongodb.ts';
import { operator } from '../local/operator.ts';
import { formatInstant } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseWith } from './option-parsers.ts';

function parseSeconds(value: string): number {
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Expected whole seconds, up to 999.');
}

type Collections = ReturnType<typeof openCollections>;

async function withCollections<Answer>(work: (collections: Collections) => Promise<Answer>): Promise<Answer> {
  await using connection = await connectToMongodb();
  return await work(openCollections(connection.db));
}

function stateOf({ suspendedAt, deletingAt }: TenantStatus): string {
  if (deletingAt !== null) return `is being deleted since ${formatInstant(deletingAt)}`;
  return suspendedAt === null ? 'active' : `suspended since ${formatInstant(suspendedAt)}`;
}

const CHANGES = {
  create: { description: 'make a tenant with its default agents', done: 'is made.', change: createTenant },
  suspend: {
    description: 'refuse all of its credentials within two seconds, and end its feeds',
    done: 'is suspended: its credentials are refused within two seconds.',
    change: suspendTenant,
  },
  resume: { description: 'let its credentials in again', done: 'goes on.', change: resumeTenant },
} as const;

/** Commands of whoever runs the store, on the store itself: no credential of a tenant opens them. */
export function registerTenants(program: Command, { terminal }: CommandContext): void {
  const group = program.command('tenants').description('the tenants of a store, on the store itself');
  for (const [name, { description, done, change }] of Object.entries(CHANGES))
    group
      .command(name)
      .description(description)
      .argument('<tenant>', 'its name', parseWith(TenantId))
      .action(async (tenantId: TenantId, _options: unknown, self: Command) => {
        const tenant = await withCollections((collections) => change(collections, tenantId, operator()));
        terminal.print(wantsJson(self) ? JSON.stringify(tenant) : `${tenantId} ${done}`);
      });
  group
    .command('list')
    .description('every tenant, by its name')
    .action(async (_options: unknown, self: Command) => {
      const tenants: TenantStatus[] = [];
      await withCollections(async (collections) => {
        for await (const tenant of listTenants(collections)) tenants.push(tenant);
      });
      if (wantsJson(self)) terminal.print(JSON.stringify({ items: tenants }));
      else if (tenants.length === 0) terminal.printToStderr('The store has no tenants.');
      else
        printTable(
          terminal,
          [{ header: 'TENANT' }, { header: 'MADE' }, { header: 'STATE' }],
          tenants.map((tenant) => [tenant.id, formatInstant(tenant.createdAt), stateOf(tenant)]),
        );
    });
  group
    .command('delete')
    .description('delete everything of a tenant for good; goes on where it was stopped when it is run again')
    .argument('<tenant>', 'its name', parseWith(TenantId))
    .option('--confirm <tenant>', 'its name once more, where nobody can be asked')
    .option('--wait <seconds>', 'how long servers have to notice; 0 where none runs', parseSeconds, 12)
    .action(async (tenantId: TenantId, options: { confirm?: string; wait: number }, self: Command) => {
      const { confirm, wait } = options;
      const question = `This deletes everything of ${tenantId} for good. Type its name to go on: `;
      const answer = confirm ?? (await terminal.ask?.(question));
      if (answer?.trim() !== tenantId)
        self.error(`error: nothing was deleted; to go on, give --confirm ${tenantId}`);
      const deleted = await withCollections((collections) =>
        deleteTenant(collections, tenantId, {
          settleMs: wait * 1_000,
          onProgress: (step) => terminal.printToStderr(`${step.collection}: ${step.deleted} deleted`),
        }),
      );
      terminal.print(
        wantsJson(self)
          ? JSON.stringify({ id: tenantId, deleted })
          : `${tenantId} is deleted: ${deleted} documents.`,
      );
    });
}
