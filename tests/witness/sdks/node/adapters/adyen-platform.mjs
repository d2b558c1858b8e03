import { hmacValidator as HmacValidator } from '@adyen/api-library';

const validator = new HmacValidator();

export const signs = 'sdk';

export const sign = ({ body, secret }) => ({ hmacsignature: validator.calculateHmac(body.toString(), secret) });

export const verify = ({ body, secret, headers }) => validator.validateHMACSignature(secret, headers.hmacsignature, body.toString());
