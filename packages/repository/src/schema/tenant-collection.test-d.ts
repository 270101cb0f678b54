import { TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { expectTypeOf, test } from 'vitest';
import { byId, byIds, type Collections, type TypedCollection } from './open-collections.ts';
import {
  knownDocument,
  type TenantFilter,
  type TenantPipeline,
  type TenantWrite,
} from './tenant-collection.ts';

const tenantId = TenantId.parse('acme');
const _id = new ObjectId();

test('a filter has the tenant: as a field, in the id, or in each branch', () => {
  expectTypeOf({ tenantId, _id }).toExtend<TenantFilter>();
  expectTypeOf(byId({ tenantId, agentId: 'sam' })).toExtend<TenantFilter>();
  expectTypeOf(byIds([{ tenantId, agentId: 'sam' }])).toExtend<TenantFilter>();
  expectTypeOf(knownDocument(tenantId, _id)).toExtend<TenantFilter>();
  expectTypeOf({
    $or: [
      { tenantId, seq: 1 },
      { tenantId, seq: 2 },
    ],
  }).toExtend<TenantFilter>();
});

test('a filter without one does not compile', () => {
  expectTypeOf({ _id }).not.toExtend<TenantFilter>();
  expectTypeOf({}).not.toExtend<TenantFilter>();
  expectTypeOf({ status: 'active' }).not.toExtend<TenantFilter>();
  expectTypeOf<Document>().not.toExtend<TenantFilter>();
  expectTypeOf({ tenantId: 'acme' }).not.toExtend<TenantFilter>();
  expectTypeOf({ tenantId: { $in: [tenantId] } }).not.toExtend<TenantFilter>();
  expectTypeOf(byIds([_id])).not.toExtend<TenantFilter>();
  expectTypeOf(byId({ agentId: 'sam' })).not.toExtend<TenantFilter>();
  expectTypeOf({ $or: [{ tenantId, seq: 1 }, { seq: 2 }] }).not.toExtend<TenantFilter>();
});

test('nor does a pipeline that begins with anything else', () => {
  expectTypeOf<[{ $match: { tenantId: TenantId } }]>().toExtend<TenantPipeline>();
  expectTypeOf<[{ $match: { seq: number } }]>().not.toExtend<TenantPipeline>();
  expectTypeOf<[{ $sort: { seq: 1 } }, { $match: { tenantId: TenantId } }]>().not.toExtend<TenantPipeline>();
  expectTypeOf<[]>().not.toExtend<TenantPipeline>();
});

test('nor a write among several', () => {
  expectTypeOf({ deleteOne: { filter: { tenantId, _id } } }).toExtend<TenantWrite>();
  expectTypeOf({ deleteOne: { filter: { _id } } }).not.toExtend<TenantWrite>();
  expectTypeOf({ updateOne: { filter: { _id }, update: {} } }).not.toExtend<TenantWrite>();
});

test('no method of a collection of tenants’ documents takes less', () => {
  type Sessions = Collections['sessions']['collection'];
  expectTypeOf<Parameters<Sessions['find']>[0]>().toEqualTypeOf<TenantFilter>();
  expectTypeOf<Parameters<Sessions['aggregate']>[0]>().toEqualTypeOf<TenantPipeline>();
  expectTypeOf<Parameters<Sessions['bulkWrite']>[0]>().toEqualTypeOf<readonly TenantWrite[]>();
  type Filtering = Exclude<
    keyof Sessions,
    'aggregate' | 'bulkWrite' | 'collectionName' | 'insertOne' | 'insertMany'
  >;
  expectTypeOf<Parameters<Sessions[Filtering]>[0]>().toEqualTypeOf<TenantFilter>();
});

test('only what the store keeps for itself is asked for without a tenant', () => {
  type OwnOf<Name extends keyof Collections> =
    Collections[Name] extends TypedCollection<infer Known>
      ? Document extends Parameters<TypedCollection<Known>['collection']['findOne']>[0]
        ? Name
        : never
      : never;
  type Own = { [Name in keyof Collections]: OwnOf<Name> }[keyof Collections];
  expectTypeOf<Own>().toEqualTypeOf<'file_removals' | 'leases' | 'migrations' | 'progress'>();
});

test('work across tenants names its reason', () => {
  const { acrossTenants } = {} as Collections['conversations'];
  expectTypeOf(acrossTenants).toBeCallableWith('due work');
  // @ts-expect-error: a reason that is not listed
  expectTypeOf(acrossTenants).toBeCallableWith('it is easier');
});
