/**
 * Preference data in Parquet files, as data hubs keep it. Entry point: {@link
 * org.dpo4j.parquet.ParquetSource}, which {@code PreferenceFiles} finds by itself when this
 * artifact is on the class path.
 */
@NullMarked
package org.dpo4j.parquet;

import org.jspecify.annotations.NullMarked;
