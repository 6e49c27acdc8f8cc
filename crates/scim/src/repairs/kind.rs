//! The list of tolerances.

macro_rules! repairs {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// One deviation from the RFCs that the tolerant profile sets right.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Repair {
            $($(#[$doc])* $variant,)*
        }

        impl Repair {
            /// Every repair, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A name in snake_case, stable, fit for a metric's label.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

repairs! {
    /// The `op` of an operation is not in lower case: `Add`, `Replace` (Entra ID without its compliance flag). Strict: `invalidSyntax`.
    OpCase = "op_case",
    /// A key of the PATCH message is not spelled as in RFC 7644 §3.5.2: `operations`, `Op`, `Path`. Strict: `invalidSyntax`.
    OperationKeyCase = "operation_key_case",
    /// A key of an operation that the RFC does not know, as `name` in Microsoft's samples. Strict: `invalidSyntax`.
    UnknownOperationKey = "unknown_operation_key",
    /// A boolean as text: `"True"`, `"false"` (Entra ID, Keycloak, OneLogin). Strict: `invalidValue`.
    BooleanAsString = "boolean_as_string",
    /// An add or replace without `path`, carried out attribute by attribute (Okta, Entra ID, Authentik, SailPoint). Strict: `invalidSyntax`.
    PathlessOperation = "pathless_operation",
    /// A key of a path-less value is a dotted path: `name.givenName` (Entra ID). Strict: path-less is refused as a whole.
    DottedKey = "dotted_key",
    /// A key of a path-less value is a URN-qualified path (Entra ID). Strict: path-less is refused as a whole.
    UrnKey = "urn_key",
    /// `id`, `schemas`, `meta` among the values of a path-less operation (Okta, Authentik): left alone. Strict: path-less is refused as a whole.
    IgnoredReadOnlyKey = "ignored_read_only_key",
    /// `schemas` is missing or empty (Okta, WSO2, Entra ID). Strict: `invalidSyntax`.
    MissingSchemas = "missing_schemas",
    /// A URN in `schemas`, or as a key of the body, that is not served (Entra ID's ADSCIM group URN, misspelled URNs): dropped. Strict: `invalidSyntax`.
    UnknownSchema = "unknown_schema",
    /// A URN of SCIM 1.x stands for its successor (OneLogin). Strict: `invalidSyntax`.
    Scim1Schema = "scim1_schema",
    /// Data of an extension whose URN is not in `schemas` (Entra ID). Strict: `invalidSyntax`.
    UndeclaredExtension = "undeclared_extension",
    /// An attribute of the only extension that has it, named without the URN (Microsoft's samples). Strict: the attribute is unknown.
    BareExtensionAttribute = "bare_extension_attribute",
    /// An attribute or sub-attribute that no served schema defines: dropped. Strict: `invalidSyntax`, in a path `invalidPath`.
    UnknownAttribute = "unknown_attribute",
    /// One value where the schema has a list (OneLogin's `emails` object). Strict: `invalidValue`.
    SingleForArray = "single_for_array",
    /// A list of one where the schema has a single value (Entra ID's old `manager` and string values). Strict: `invalidValue`.
    ArrayForSingle = "array_for_single",
    /// A bare string for a complex value is its `value`: `manager` (Entra ID), `members` (Microsoft's Postman set). Strict: `invalidValue`.
    BareValue = "bare_value",
    /// A complex value as JSON text (SCIM SDK clients). Strict: `invalidValue`.
    JsonText = "json_text",
    /// An empty string counts as unassigned (Okta's `middleName`, Entra ID's `manager`). Strict: the same for string
    /// attributes, where the RFC allows it; `invalidValue` for the others.
    EmptyString = "empty_string",
    /// An element of a multi-valued attribute whose `value` is empty: dropped (OneLogin). Strict: `invalidValue`.
    EmptyElement = "empty_element",
    /// More than one `primary: true` in a body: the last one keeps it. Strict: `invalidValue`.
    ManyPrimaries = "many_primaries",
    /// A PATCH without operations is a success that does nothing (Entra ID's validator). Strict: `invalidSyntax`.
    EmptyPatch = "empty_patch",
    /// A replace through a filter that selects nothing creates the element (Entra ID). Strict: `noTarget`.
    CreatedByFilter = "created_by_filter",
    /// A remove with a superfluous value: the value is ignored (Entra ID). Strict: `invalidValue`.
    RemoveWithValue = "remove_with_value",
    /// A remove of `members` whose value lists whom to remove (Entra ID, JumpCloud, Authentik): only they go. Strict: `invalidValue`.
    MemberListRemove = "member_list_remove",
    /// A list of members one level too deep: `{"members": […]}` (Salesforce). Strict: `invalidValue`.
    WrappedMembers = "wrapped_members",
    /// A write to a sub-attribute of a member that exists: accepted without effect. Strict: `mutability`.
    MemberDetail = "member_detail",
    /// A POST within a bulk request has no `bulkId`: it is carried out, nothing can refer to it. Strict: `invalidSyntax`.
    MissingBulkId = "missing_bulk_id",
    /// The `data` of a PATCH within a bulk request is the bare list of operations, as in the examples of RFC 7644 §3.7.3
    /// (erratum 5050). Strict: `invalidSyntax`.
    BareOperations = "bare_operations",
    /// A dot after the URN's colon: `urn:…:User:.manager` (Entra ID's inbound client). Strict: the path does not parse.
    DotAfterUrn = "dot_after_urn",
    /// A boolean attribute compared with text in a filter: `primary eq "True"` (Entra ID). Strict: `invalidFilter`.
    QuotedBoolean = "quoted_boolean",
    /// A word without quotes in a filter: `userName eq ada` (Microsoft's samples, WSO2, old Authentik). Strict: `invalidFilter`.
    UnquotedWord = "unquoted_word",
    /// A comparison after a value path: `emails[type eq "work"].value eq "x"` (Entra ID). Strict: `invalidFilter`.
    ComparedValuePath = "compared_value_path",
    /// A filter within `attributes` or `excludedAttributes` is ignored (Microsoft's Postman set). Strict: `invalidPath`.
    FilteredProjection = "filtered_projection",
}
