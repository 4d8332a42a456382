package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.template.ChatTemplate;

/** Where a model's directory keeps its chat templates: in files of their own, or in the config. */
final class Templates {

  private static final ImmutableList<String> TOKENS =
      ImmutableList.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private Templates() {}

  /**
   * Reads the templates. Those in files of their own are preferred, as in transformers.
   *
   * @param files the files
   * @return the templates, or nothing where there is none for chats
   * @throws IllegalArgumentException if one is malformed or has a tag that is not supported
   */
  static Optional<ModelTemplates> find(TokenizerDirectory files) {
    Optional<ChatTemplate> file = file(files, TokenizerDirectory.TEMPLATE);
    if (file.isPresent()) {
      return Optional.of(
          new ModelTemplates(file.get(), file(files, TokenizerDirectory.TOOL_TEMPLATE)));
    }
    Optional<Place> field = files.json(TokenizerDirectory.CONFIG).field("chat_template");
    if (field.isEmpty()) {
      return Optional.empty();
    }
    Place stated = field.get();
    if (stated.isString()) {
      return Optional.of(
          new ModelTemplates(written(files, stated, "chat_template"), Optional.empty()));
    }
    return Optional.of(
        new ModelTemplates(
            named(files, stated, "default")
                .orElseThrow(() -> stated.refuse("must be text or have a template named default")),
            named(files, stated, "tool_use")));
  }

  /** Whether there is a template, be it one that can be used or not. */
  static boolean areIn(TokenizerDirectory files) {
    return files.text(TokenizerDirectory.TEMPLATE).isPresent()
        || files.json(TokenizerDirectory.CONFIG).field("chat_template").isPresent();
  }

  /**
   * Whether a chat's text may have the date in it. Asks the files' text, since a template that
   * can't be used is no hindrance before there is a chat.
   */
  static boolean writeDate(TokenizerDirectory files) {
    String main =
        files.text(TokenizerDirectory.TEMPLATE).isPresent()
            ? TokenizerDirectory.TEMPLATE
            : TokenizerDirectory.CONFIG;
    return Stream.of(main, TokenizerDirectory.TOOL_TEMPLATE)
        .flatMap(name -> files.text(name).stream())
        .anyMatch(text -> text.contains("strftime_now"));
  }

  private static Optional<ChatTemplate> file(TokenizerDirectory files, String name) {
    return files
        .text(name)
        .map(text -> ChatTemplate.of(files.file(name).toString(), text, tokens(files)));
  }

  private static Optional<ChatTemplate> named(
      TokenizerDirectory files, Place templates, String name) {
    return templates.elements().stream()
        .filter(named -> named.require("name").string().equals(name))
        .map(named -> written(files, named.require("template"), "chat_template"))
        .findFirst();
  }

  private static ChatTemplate written(TokenizerDirectory files, Place template, String name) {
    return ChatTemplate.of(
        files.file(TokenizerDirectory.CONFIG) + ": " + name, template.string(), tokens(files));
  }

  private static ImmutableMap<String, String> tokens(TokenizerDirectory files) {
    ImmutableMap.Builder<String, String> tokens = ImmutableMap.builder();
    Place config = files.json(TokenizerDirectory.CONFIG);
    Place map = files.json(TokenizerDirectory.SPECIAL_TOKENS);
    for (String name : TOKENS) {
      Stream.of(config, map)
          .flatMap(file -> file.field(name).stream())
          .findFirst()
          .map(token -> token.isObject() ? token.require("content") : token)
          .ifPresent(token -> tokens.put(name, token.string()));
    }
    return tokens.buildOrThrow();
  }
}
