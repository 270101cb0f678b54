import {
  type ListsReport,
  migrationStatus,
  openCollections,
  rebuild,
  rebuildListedConversations,
  type RebuildReport,
  rebuildRollUps,
  rebuildSearchTerms,
  reportSchema,
  reportUnreadable,
  type RollUpsReport,
  type UnreadableReport,
  type SearchTermsReport,
} from '@baton/repository';
import type { SchemaReport } from '@baton/schema';
import { inspectSettings, type ReadSettings } from '@baton/server/settings';
import { connectToMongodb } from './mongodb.ts';
import { formatCount, formatNumber } from '../output/format.ts';
import { escapeLine } from '../output/escape-controls.ts';

type Findings = {
  /** What the environment says, with secrets hidden. */
  settings?: Pick<ReadSettings, 'shown' | 'faults' | 'warnings'>;
  schema: SchemaReport;
  pendingMigrations: string[];
  unreadable?: UnreadableReport;
  rebuild: RebuildReport | null;
  /** What was put right of what search knows beside the text index. */
  searchTerms?: SearchTermsReport | null;
  /** What was put right of the lists by several filters. */
  lists?: ListsReport | null;
  /** What was put right of the figures that metrics are made of. */
  rollUps?: RollUpsReport | null;
};

export function isHealthy({
  settings,
  schema,
  pendingMigrations,
  unreadable,
  rebuild: report,
}: Findings): boolean {
  if (settings !== undefined && settings.faults.length > 0) return false;
  const isReadable = unreadable === undefined || unreadable.unreadable === 0;
  const isUpToDate = schema.ok && pendingMigrations.length === 0;
  return isReadable && isUpToDate && (report === null || report.differences.length === 0);
}

const toJson = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** One line for each difference: validators are long, their differences are not. */
function* differingPlaces(declared: unknown, found: unknown, path: readonly string[]): Generator<string> {
  if (toJson(declared) === toJson(found)) return;
  if (!isNested(declared) || !isNested(found) || Array.isArray(declared) !== Array.isArray(found)) {
    yield `${path.join('.') || 'it'}: ${toJson(declared)} is declared, ${toJson(found)} found`;
    return;
  }
  const [ours, theirs] = [new Map(Object.entries(declared)), new Map(Object.entries(found))];
  for (const key of new Set([...ours.keys(), ...theirs.keys()]))
    yield* differingPlaces(ours.get(key), theirs.get(key), [...path, key]);
}

/** @param declared JSON; null where only `found` exists, and the other way round */
function differenceLines(declared: string | null, found: string | null): string[] {
  if (declared === null || found === null) return [declared, found].filter((side) => side !== null);
  return [...differingPlaces(JSON.parse(declared), JSON.parse(found), [])];
}

function unreadableLines({ checked, unreadable, documents }: UnreadableReport): string[] {
  const lines = documents.map(({ collection, id, tenantId, field }) => {
    const owner = tenantId === null ? '' : ` of ${escapeLine(tenantId)}`;
    return `${collection} ${escapeLine(id)}${owner} cannot be read${field === '' ? '' : ` at ${field}`}`;
  });
  const more = unreadable - documents.length;
  if (more > 0) lines.push(`… and ${formatNumber(more)} more`);
  if (unreadable > 0) lines.push('What cannot be read is of a newer version, or damaged.');
  lines.push(`${formatCount(checked, 'document')} read, ${formatNumber(unreadable)} cannot be.`);
  return lines;
}

function settingsLines({ shown, faults, warnings }: NonNullable<Findings['settings']>): string[] {
  const width = Math.max(...shown.map(({ name }) => name.length));
  return [
    'Settings of a server with this environment:',
    ...shown.map(({ name, value, from }) => {
      const source = from === 'environment' ? '' : ` (${from === 'file' ? 'from a file' : 'default'})`;
      return `  ${name.padEnd(width)}  ${value === null ? 'not set' : `${escapeLine(value)}${source}`}`;
    }),
    ...faults.map(({ name, message }) => `${name}: ${escapeLine(message)}`),
    ...warnings.map(escapeLine),
  ];
}

function searchTermsLines({ written, removed }: SearchTermsReport): string[] {
  if (written + removed === 0) return [];
  return [`${formatCount(written, 'message')} added to the search, ${formatNumber(removed)} taken out.`];
}

function listsLines({ written, removed }: ListsReport): string[] {
  if (written + removed === 0) return [];
  return [
    `${formatCount(written, 'conversation')} listed anew, ${formatNumber(removed)} taken out of lists.`,
  ];
}

function rollUpsLines({ conversations, buckets }: RollUpsReport): string[] {
  if (conversations + buckets === 0) return ['The figures are what the timelines say.'];
  const counted = formatCount(conversations, 'conversation');
  return [`${counted} counted again, ${formatCount(buckets, 'sum')} of figures put right.`];
}

export function findingLines({
  settings,
  schema,
  pendingMigrations,
  unreadable,
  searchTerms,
  lists,
  rollUps,
  rebuild: report,
}: Findings): string[] {
  const lines = settings === undefined ? [] : settingsLines(settings);
  lines.push(...pendingMigrations.map((name) => `migration ${name} has not run: baton migrate`));
  for (const { collection, what, name, problem, declared, found } of schema.differences) {
    // A validator is named after its collection.
    lines.push(`${collection}: ${what === 'index' ? `index ${name}` : what} is ${problem}`);
    for (const place of differenceLines(declared, found)) lines.push(`  ${place}`);
  }
  if (!schema.ok) lines.push('baton migrate puts validators and indexes right.');
  if (schema.ok) lines.push('Validators and indexes are as declared.');
  if (unreadable !== undefined) lines.push(...unreadableLines(unreadable));
  if (searchTerms) lines.push(...searchTermsLines(searchTerms));
  if (lists) lines.push(...listsLines(lists));
  if (rollUps) lines.push(...rollUpsLines(rollUps));
  if (report === null) return lines;
  for (const { tenantId, conversationId, fields } of report.differences) {
    lines.push(`${tenantId} ${conversationId} differs from its timeline: ${fields.join(', ')}`);
  }
  const { checked, differences } = report;
  const verb = differences.length === 1 ? 'differs' : 'differ';
  lines.push(
    `${formatCount(checked, 'conversation')} folded again, ${formatNumber(differences.length)} ${verb}.`,
  );
  return lines;
}

/** Returns whether the store is healthy. */
export async function runDoctor(
  options: { rebuild?: boolean; json?: boolean },
  print: (line: string) => void,
  onProgress?: (what: 'documents' | 'conversations', checked: number, total: number) => void,
): Promise<boolean> {
  await using connection = await connectToMongodb();
  const { db } = connection;
  const collections = openCollections(db);
  const isRebuilt = options.rebuild === true;
  const { pending } = await migrationStatus(db);
  const { shown, faults, warnings } = inspectSettings(process.env, { MONGODB_URI: '' });
  const findings: Findings = {
    settings: { shown, faults, warnings },
    schema: await reportSchema(db),
    pendingMigrations: pending,
    unreadable: await reportUnreadable(collections, (...counts) => onProgress?.('documents', ...counts)),
    // A migration makes the collection.
    searchTerms: isRebuilt && pending.length === 0 ? await rebuildSearchTerms(collections) : null,
    lists: isRebuilt && pending.length === 0 ? await rebuildListedConversations(collections) : null,
    rollUps: isRebuilt && pending.length === 0 ? await rebuildRollUps(collections) : null,
    rebuild: isRebuilt
      ? await rebuild(collections, (...counts) => onProgress?.('conversations', ...counts))
      : null,
  };
  if (options.json === true) print(JSON.stringify(findings));
  else for (const line of findingLines(findings)) print(line);
  return isHealthy(findings);
}
