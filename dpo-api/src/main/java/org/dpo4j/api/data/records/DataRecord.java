package org.dpo4j.api.data.records;

import com.google.gson.JsonObject;

/**
 * One record of a file.
 *
 * @param place where it begins
 * @param fields by name; all text in a CSV or TSV file
 */
public record DataRecord(Place place, JsonObject fields) {}
