"""The API people program against: GraphQL, and the documented REST paths as stored operations of it."""
