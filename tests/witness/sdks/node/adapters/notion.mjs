import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client';

export const signs = 'sdk';

export const sign = async ({ body, secret }) => ({ 'x-notion-signature': await signWebhookPayload({ body, verificationToken: secret }) });

export const verify = ({ body, secret, headers }) =>
  verifyWebhookSignature({ body, signature: headers['x-notion-signature'], verificationToken: secret });
