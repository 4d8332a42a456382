/**
 * Records of files, whatever is in them: JSON lines, JSON arrays, CSV and TSV, plain or gzipped.
 * {@link org.dpo4j.api.data.records.RecordFile} is the entry point; it reads a file record by
 * record, and any record again by its place.
 *
 * <p>Text files are cut into records as bytes first and decoded after, so that a record is found
 * again by offset and length, and one that is no UTF-8 or no JSON leaves the others alone.
 */
@NullMarked
package org.dpo4j.api.data.records;

import org.jspecify.annotations.NullMarked;
