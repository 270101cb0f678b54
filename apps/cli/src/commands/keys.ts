import { openStore, type Store } from '@baton/repository';
import { AgentId, type ApiKey, ApiKeyId, Role, TenantId, type Timestamp } from '@baton/schema';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { connectToMongodb } from '../local/mongodb.ts';
import { operator } from '../local/operator.ts';
import { parseCount, parseInstant, parseWith } from './option-parsers.ts';
import { allItems } from '../api/pagination.ts';
import { printTable } from '../output/table.ts';
import { formatInstant } from '../output/format.ts';
import { escapeLine } from '../output/escape-controls.ts';

type TenantOption = { tenant: TenantId };
type CreateOptions = TenantOption & { role: Role; agent?: AgentId; expires?: Timestamp };

/** Works on the store, because the first key of a tenant is created before any key can call the API. */
async function withStore<Answer>(work: (store: Store) => Promise<Answer>): Promise<Answer> {
  await using connection = await connectToMongodb();
  return await work(openStore(connection));
}

/** What was asked for by rights is asked for by a role now. */
function refuseRight(): never {
  throw new InvalidArgumentError(
    'Keys have roles now. Use --role admin for both rights, --role import for import, --role manager for manage.',
  );
}

const HOUR_MS = 3_600_000;
const MAX_OVERLAP_HOURS = 30 * 24;

const parseOverlap = (value: string): number => (value === '0' ? 0 : parseCount(MAX_OVERLAP_HOURS)(value));

function rowOf({ id, name, role, agentId, createdAt, revokedAt, expiresAt, lastUsedAt }: ApiKey): string[] {
  const endsAt = revokedAt ?? expiresAt;
  return [
    id,
    escapeLine(name),
    role,
    agentId ?? '',
    formatInstant(createdAt),
    lastUsedAt === null ? '' : formatInstant(lastUsedAt),
    endsAt === null ? '' : `${formatInstant(endsAt)}${revokedAt === null ? '' : ' revoked'}`,
  ];
}

export function registerKeys(program: Command, { terminal }: CommandContext): void {
  const tenant = () =>
    new Option('--tenant <tenant>', 'whose keys').argParser(parseWith(TenantId)).default('default');
  const group = program
    .command('keys')
    .description('API keys, on the store itself: who may call, and what for');
  group
    .command('create')
    .description('make a key; it is shown this once, and the store keeps its hash')
    .argument('<name>', 'what it is for')
    .addOption(tenant())
    .addOption(
      new Option('--role <role>', `what it may do: ${Role.options.join(', ')}`)
        .argParser(parseWith(Role))
        .default('app'),
    )
    .option(
      '--agent <agent>',
      'the agent that it is: an agent or a manager acts as nobody else',
      parseWith(AgentId),
    )
    .option('--expires <instant>', 'when it ends by itself: a day or an instant in UTC', parseInstant)
    .addOption(new Option('--right <right>').hideHelp().argParser(refuseRight))
    .action(async (name: string, options: CreateOptions, self: Command) => {
      const { tenant: tenantId, role, agent: agentId = null, expires: expiresAt } = options;
      if (role === 'agent' && agentId === null)
        self.error('error: --role agent needs --agent <agent>, the agent that it acts as');
      const made = await withStore(async (store) => {
        await store.agents.ensureDefaults(tenantId, {});
        return store.apiKeys.create({ tenantId, name, role, agentId, expiresAt }, operator());
      });
      terminal.print(wantsJson(self) ? JSON.stringify(made) : made.key);
    });
  group
    .command('list')
    .description('the keys of a tenant, the newest first, without their secrets')
    .addOption(tenant())
    .action(async ({ tenant: tenantId }: TenantOption, self: Command) => {
      const keys: ApiKey[] = [];
      await withStore(async (store) => {
        for await (const key of allItems((page) => store.apiKeys.list(tenantId, page))) keys.push(key);
      });
      if (wantsJson(self)) terminal.print(JSON.stringify({ items: keys }));
      else if (keys.length === 0) terminal.printToStderr(`${tenantId} has no keys.`);
      else
        printTable(
          terminal,
          [
            { header: 'ID' },
            { header: 'NAME', minWidth: 12 },
            { header: 'ROLE' },
            { header: 'AGENT' },
            { header: 'MADE' },
            { header: 'USED' },
            { header: 'ENDS' },
          ],
          keys.map(rowOf),
        );
    });
  group
    .command('revoke')
    .description('end a key for good, with its sessions and links; within two seconds no server takes it')
    .argument('<key>', 'its id, as `baton keys list` shows it', parseWith(ApiKeyId))
    .addOption(tenant())
    .action(async (keyId: ApiKeyId, { tenant: tenantId }: TenantOption, self: Command) => {
      const key = await withStore((store) => store.apiKeys.revoke(tenantId, { keyId }, operator()));
      terminal.print(wantsJson(self) ? JSON.stringify(key) : `${escapeLine(key.name)} is revoked.`);
    });
  group
    .command('rotate')
    .description('give a key another secret, which is shown this once')
    .argument('<key>', 'its id, as `baton keys list` shows it', parseWith(ApiKeyId))
    .option('--overlap <hours>', 'how long the secret before goes on working', parseOverlap, 24)
    .addOption(tenant())
    .action(async (keyId: ApiKeyId, options: TenantOption & { overlap: number }, self: Command) => {
      const { tenant: tenantId, overlap } = options;
      const input = { keyId, overlapMs: overlap * HOUR_MS };
      const made = await withStore((store) => store.apiKeys.rotate(tenantId, input, operator()));
      terminal.print(wantsJson(self) ? JSON.stringify(made) : (made.key ?? ''));
    });
}
