import { z } from 'zod';
import type { NamedEnum } from './named.ts';

const channelValues = [
  'instagram_dm',
  'facebook_messenger',
  'whatsapp',
  'sms',
  'web',
  'email',
  'api',
] as const;
export type Channel = (typeof channelValues)[number];
export interface ChannelEnum extends NamedEnum<Channel> {}
export const Channel: ChannelEnum = z.enum(channelValues);
