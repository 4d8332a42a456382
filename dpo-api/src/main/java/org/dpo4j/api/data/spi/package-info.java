/**
 * Where data in files that are not text comes from. Entry point: {@link
 * org.dpo4j.api.data.spi.RecordSource}, found by {@link java.util.ServiceLoader}. An application
 * doesn't use it; it adds the artifact that has it, such as {@code dpo-parquet}.
 */
@NullMarked
package org.dpo4j.api.data.spi;

import org.jspecify.annotations.NullMarked;
