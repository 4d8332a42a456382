package org.dpo4j.parquet;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Makes JSON of rows, by the schema they come with. */
final class Rows {

  private Rows() {}

  /** A row or a struct: fields that are null are left out. */
  static JsonObject json(Group group) {
    JsonObject object = new JsonObject();
    for (Type field : group.getType().getFields()) {
      int index = group.getType().getFieldIndex(field.getName());
      if (field.isRepetition(Type.Repetition.REPEATED)) {
        JsonArray elements = new JsonArray();
        for (int i = 0; i < group.getFieldRepetitionCount(index); i++) {
          elements.add(value(group, index, i));
        }
        object.add(field.getName(), elements);
      } else if (group.getFieldRepetitionCount(index) > 0) {
        object.add(field.getName(), value(group, index, 0));
      }
    }
    return object;
  }

  private static JsonElement value(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(group, field, index, type.asPrimitiveType());
    }
    Group inner = group.getGroup(field, index);
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (annotation instanceof ListLogicalTypeAnnotation) {
      return list(inner);
    }
    return annotation instanceof MapLogicalTypeAnnotation ? map(inner) : json(inner);
  }

  /**
   * A list is a group of one repeated field, which is a group of the element, or with old writers
   * the element itself: as Parquet's specification tells them apart.
   */
  private static JsonArray list(Group list) {
    Type repeated = list.getType().getType(0);
    boolean isWrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().endsWith("_tuple");
    JsonArray elements = new JsonArray();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      elements.add(isWrapped ? only(list.getGroup(0, i)) : value(list, 0, i));
    }
    return elements;
  }

  private static JsonElement only(Group wrapper) {
    return wrapper.getFieldRepetitionCount(0) == 0 ? JsonNull.INSTANCE : value(wrapper, 0, 0);
  }

  /** A map is a group of repeated pairs; its keys become names. */
  private static JsonObject map(Group map) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group pair = map.getGroup(0, i);
      JsonElement key = value(pair, 0, 0);
      GroupType type = pair.getType();
      boolean hasValue = type.getFieldCount() > 1 && pair.getFieldRepetitionCount(1) > 0;
      object.add(
          key.isJsonPrimitive() ? key.getAsString() : key.toString(),
          hasValue ? value(pair, 1, 0) : JsonNull.INSTANCE);
    }
    return object;
  }

  private static JsonElement primitive(Group group, int field, int index, PrimitiveType type) {
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> new JsonPrimitive(group.getBoolean(field, index));
      case INT32 -> whole(group.getInteger(field, index), annotation, 0xffffffffL);
      case INT64 -> whole(group.getLong(field, index), annotation, -1L);
      case FLOAT -> real(group.getFloat(field, index));
      case DOUBLE -> real(group.getDouble(field, index));
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          bytes(group.getBinary(field, index).getBytes(), annotation);
      case INT96 ->
          new JsonPrimitive(
              Base64.getEncoder().encodeToString(group.getInt96(field, index).getBytes()));
    };
  }

  private static JsonPrimitive whole(long value, LogicalTypeAnnotation annotation, long unsigned) {
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      return new JsonPrimitive(BigDecimal.valueOf(value, decimal.getScale()));
    }
    boolean isUnsigned = annotation instanceof IntLogicalTypeAnnotation kind && !kind.isSigned();
    return isUnsigned
        ? new JsonPrimitive(new BigInteger(Long.toUnsignedString(value & unsigned)))
        : new JsonPrimitive(value);
  }

  /** JSON has no number that is none. */
  private static JsonPrimitive real(Number value) {
    return Double.isFinite(value.doubleValue())
        ? new JsonPrimitive(value)
        : new JsonPrimitive(value.toString());
  }

  private static JsonPrimitive bytes(byte[] value, LogicalTypeAnnotation annotation) {
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      return new JsonPrimitive(new BigDecimal(new BigInteger(value), decimal.getScale()));
    }
    try {
      return new JsonPrimitive(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      return new JsonPrimitive(Base64.getEncoder().encodeToString(value));
    }
  }
}
