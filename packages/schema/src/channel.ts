import { z } from 'zod';
import type { TypeOf } from './named.ts';

const channelEnum = z.enum(['instagram_dm', 'facebook_messenger', 'whatsapp', 'sms', 'web', 'email', 'api']);
export type Channel = z.infer<typeof channelEnum>;
export interface ChannelEnum extends TypeOf<typeof channelEnum> {}
export const Channel: ChannelEnum = channelEnum;
