/** CRC-32C and CRC-64/NVME, which Node.js does not have: https://reveng.sourceforge.io/crc-catalogue/all.htm */

const CRC32C_POLYNOMIAL = 0x82f63b78;
/** 0x9a6c9329ac4bc9b5 in halves of 32 bits. */
const CRC64NVME_POLYNOMIAL = [0x9a6c9329, 0xac4bc9b5] as const;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value >>> 0;
});

const [crc64High, crc64Low] = crc64Tables();

/** Four bytes, big-endian. */
export function crc32c(body: Buffer): Buffer {
  let value = 0xffffffff;
  for (const byte of body) value = (value >>> 8) ^ (crc32cTable[(value ^ byte) & 0xff] ?? 0);
  return word(~value);
}

/** Eight bytes, big-endian. */
export function crc64nvme(body: Buffer): Buffer {
  let [high, low] = [0xffffffff, 0xffffffff];
  for (const byte of body) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] ?? 0);
    high = (high >>> 8) ^ (crc64High[index] ?? 0);
  }
  return Buffer.concat([word(~high), word(~low)]);
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function crc64Tables(): [high: Uint32Array, low: Uint32Array] {
  const tables: [Uint32Array, Uint32Array] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte++) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high = high >>> 1;
      if (isOdd) [high, low] = [high ^ CRC64NVME_POLYNOMIAL[0], low ^ CRC64NVME_POLYNOMIAL[1]];
    }
    tables[0][byte] = high;
    tables[1][byte] = low;
  }
  return tables;
}
