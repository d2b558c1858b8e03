import { WebhooksHelper } from 'square';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret, url }) => ({ 'x-square-hmacsha256-signature': hmac('base64', secret, url, body) });

export const verify = ({ body, secret, headers, url }) =>
  WebhooksHelper.verifySignature({
    requestBody: body.toString(),
    signatureHeader: headers['x-square-hmacsha256-signature'],
    signatureKey: secret,
    notificationUrl: url,
  });
