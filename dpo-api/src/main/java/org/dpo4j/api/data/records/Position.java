package org.dpo4j.api.data.records;

/**
 * Where a record is found again.
 *
 * @param offset of its first byte
 * @param length in bytes
 * @param number its line or row, from 1
 * @param check CRC-32C of its bytes
 */
public record Position(long offset, int length, int number, int check) {}
