import { z } from 'zod';

export const Channel = z.enum([
  'instagram_dm',
  'facebook_messenger',
  'whatsapp',
  'sms',
  'web',
  'email',
  'api',
]);
export type Channel = z.infer<typeof Channel>;
