import { Signature } from '@hubspot/api-client';

export const signs = 'sdk';

const options = ({ body, secret, url }, timestamp) => ({ clientSecret: secret, requestBody: body.toString(), url, timestamp });

export const sign = (question) => ({
  'x-hubspot-request-timestamp': question.now * 1000,
  'x-hubspot-signature-v3': Signature.getSignature('POST', 'v3', options(question, question.now * 1000)),
});

export const verify = (question) =>
  Signature.isValid({
    ...options(question, Number(question.headers['x-hubspot-request-timestamp'])),
    method: 'POST',
    signatureVersion: 'v3',
    signature: question.headers['x-hubspot-signature-v3'],
  });
